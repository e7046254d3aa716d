;; Arcfour (RC4): the key schedule of CipherSaber-2 and the cipher. `pnpm kernel:build` compiles it.
;;
;; Memory, in bytes:
;;      0 .. 1023  the state S: 256 entries of 32 bits
;;   1024 .. 1031  the positions x and y in it
;;   1032 .. 1047  left free
;;   1048 .. 2071  the key, repeated until it fills 256 entries of 32 bits
;;   4096 ..       the data
;;
;; Every number between 0 and 255 (entries, x, y, key bytes) is kept four times as large: a number is then also the
;; address of its entry, so no shift stands in the chain of loads that decides how fast this cipher can be.
;;
;; Entries are loaded before the exchanges of the steps before theirs: the next three at any time in $blocks, the next one in
;; schedule. Otherwise the processor has to guess whether such a load depends on the stores before it, and where it waits or
;; guesses wrong, half of the speed is lost. An exchange that does change one of them, three times in 256, is noticed by
;; its address, and they are loaded again.
(module
  (memory (export "memory") 1)

  ;; Mixes the state `loops` times with the key, from the order 0, 1, 2, ...; x and y become 0.
  (func (export "schedule") (param $loops i32)
    (local $x i32) (local $y i32) (local $a i32) (local $b i32) (local $next i32) (local $following i32)
    (loop $fill
      (i32.store (local.get $x) (local.get $x))
      (br_if $fill (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (i32.const 1024))))
    (loop $again
      (local.set $x (i32.const 0))
      (local.set $a (i32.load (i32.const 0)))
      (loop $mix
        (local.set $following (i32.and (i32.add (local.get $x) (i32.const 4)) (i32.const 1020)))
        (local.set $next (i32.load (local.get $following)))
        (local.set $y
          (i32.and
            (i32.add (i32.add (local.get $a) (i32.load offset=1048 (local.get $x))) (local.get $y))
            (i32.const 1020)))
        (local.set $b (i32.load (local.get $y)))
        (i32.store (local.get $x) (local.get $b))
        (i32.store (local.get $y) (local.get $a))
        (if (i32.ne (local.get $y) (local.get $following))
          (then (local.set $a (local.get $next))))
        (br_if $mix (local.tee $x (local.get $following))))
      (br_if $again (local.tee $loops (i32.sub (local.get $loops) (i32.const 1)))))
    (i64.store (i32.const 1024) (i64.const 0)))

  ;; Encrypts one byte after the other, from `at` to before `end`; also stops where x is a multiple of 8 if `align`.
  (func $bytes (param $at i32) (param $end i32) (param $align i32) (result i32)
    (local $x i32) (local $y i32) (local $a i32) (local $b i32)
    (local.set $x (i32.load (i32.const 1024)))
    (local.set $y (i32.load (i32.const 1028)))
    (block $done
      (loop $byte
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (br_if $done
          (i32.and (local.get $align) (i32.eqz (i32.and (local.get $x) (i32.const 28)))))
        (local.set $x (i32.and (i32.add (local.get $x) (i32.const 4)) (i32.const 1020)))
        (local.set $a (i32.load (local.get $x)))
        (local.set $y (i32.and (i32.add (local.get $y) (local.get $a)) (i32.const 1020)))
        (local.set $b (i32.load (local.get $y)))
        (i32.store (local.get $x) (local.get $b))
        (i32.store (local.get $y) (local.get $a))
        (i32.store8 (local.get $at)
          (i32.xor (i32.load8_u (local.get $at))
            (i32.shr_u
              (i32.load (i32.and (i32.add (local.get $a) (local.get $b)) (i32.const 1020)))
              (i32.const 2))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (i32.store (i32.const 1024) (local.get $x))
    (i32.store (i32.const 1028) (local.get $y))
    (local.get $at))

  ;; Encrypts eight bytes after the other, from `at` to before `end`, a whole number of them and at least one.
  ;; Here x is a multiple of 8 entries, so it wraps round at the eighth byte only.
  (func $blocks (param $at i32) (param $end i32)
    (local $x i32) (local $y i32) (local $b i32) (local $word i32) (local $wrapped i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
    (local.set $x (i32.load (i32.const 1024)))
    (local.set $y (i32.load (i32.const 1028)))
    (local.set $a0 (i32.load offset=4 (local.get $x)))
    (local.set $a1 (i32.load offset=8 (local.get $x)))
    (local.set $a2 (i32.load offset=12 (local.get $x)))
    (loop $block
      ;; byte 0
      (local.set $a3 (i32.load offset=16 (local.get $x)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a0)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store offset=4 (local.get $x) (local.get $b))
      (i32.store (local.get $y) (local.get $a0))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a0) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.shr_u (local.get $b) (i32.const 2)))
      (if (i32.lt_u (i32.sub (local.get $y) (i32.add (local.get $x) (i32.const 8))) (i32.const 12))
        (then
          (local.set $a1 (i32.load offset=8 (local.get $x)))
          (local.set $a2 (i32.load offset=12 (local.get $x)))
          (local.set $a3 (i32.load offset=16 (local.get $x)))))
      ;; byte 1
      (local.set $a0 (i32.load offset=20 (local.get $x)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a1)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store offset=8 (local.get $x) (local.get $b))
      (i32.store (local.get $y) (local.get $a1))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a1) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.or (local.get $word) (i32.shl (local.get $b) (i32.const 6))))
      (if (i32.lt_u (i32.sub (local.get $y) (i32.add (local.get $x) (i32.const 12))) (i32.const 12))
        (then
          (local.set $a2 (i32.load offset=12 (local.get $x)))
          (local.set $a3 (i32.load offset=16 (local.get $x)))
          (local.set $a0 (i32.load offset=20 (local.get $x)))))
      ;; byte 2
      (local.set $a1 (i32.load offset=24 (local.get $x)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a2)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store offset=12 (local.get $x) (local.get $b))
      (i32.store (local.get $y) (local.get $a2))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a2) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.or (local.get $word) (i32.shl (local.get $b) (i32.const 14))))
      (if (i32.lt_u (i32.sub (local.get $y) (i32.add (local.get $x) (i32.const 16))) (i32.const 12))
        (then
          (local.set $a3 (i32.load offset=16 (local.get $x)))
          (local.set $a0 (i32.load offset=20 (local.get $x)))
          (local.set $a1 (i32.load offset=24 (local.get $x)))))
      ;; byte 3
      (local.set $a2 (i32.load offset=28 (local.get $x)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a3)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store offset=16 (local.get $x) (local.get $b))
      (i32.store (local.get $y) (local.get $a3))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a3) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.or (local.get $word) (i32.shl (local.get $b) (i32.const 22))))
      (if (i32.lt_u (i32.sub (local.get $y) (i32.add (local.get $x) (i32.const 20))) (i32.const 12))
        (then
          (local.set $a0 (i32.load offset=20 (local.get $x)))
          (local.set $a1 (i32.load offset=24 (local.get $x)))
          (local.set $a2 (i32.load offset=28 (local.get $x)))))
      (i32.store (local.get $at) (i32.xor (i32.load (local.get $at)) (local.get $word)))
      ;; byte 4
      (local.set $wrapped (i32.and (i32.add (local.get $x) (i32.const 32)) (i32.const 1020)))
      (local.set $a3 (i32.load (local.get $wrapped)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a0)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store offset=20 (local.get $x) (local.get $b))
      (i32.store (local.get $y) (local.get $a0))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a0) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.shr_u (local.get $b) (i32.const 2)))
      (if (i32.lt_u (i32.and (i32.sub (local.get $y) (i32.add (local.get $x) (i32.const 24))) (i32.const 1020)) (i32.const 12))
        (then
          (local.set $a1 (i32.load offset=24 (local.get $x)))
          (local.set $a2 (i32.load offset=28 (local.get $x)))
          (local.set $a3 (i32.load (local.get $wrapped)))))
      ;; byte 5
      (local.set $a0 (i32.load offset=4 (local.get $wrapped)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a1)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store offset=24 (local.get $x) (local.get $b))
      (i32.store (local.get $y) (local.get $a1))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a1) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.or (local.get $word) (i32.shl (local.get $b) (i32.const 6))))
      (if (i32.lt_u (i32.and (i32.sub (local.get $y) (i32.add (local.get $x) (i32.const 28))) (i32.const 1020)) (i32.const 12))
        (then
          (local.set $a2 (i32.load offset=28 (local.get $x)))
          (local.set $a3 (i32.load (local.get $wrapped)))
          (local.set $a0 (i32.load offset=4 (local.get $wrapped)))))
      ;; byte 6
      (local.set $a1 (i32.load offset=8 (local.get $wrapped)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a2)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store offset=28 (local.get $x) (local.get $b))
      (i32.store (local.get $y) (local.get $a2))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a2) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.or (local.get $word) (i32.shl (local.get $b) (i32.const 14))))
      (if (i32.lt_u (i32.sub (local.get $y) (local.get $wrapped)) (i32.const 12))
        (then
          (local.set $a3 (i32.load (local.get $wrapped)))
          (local.set $a0 (i32.load offset=4 (local.get $wrapped)))
          (local.set $a1 (i32.load offset=8 (local.get $wrapped)))))
      ;; byte 7
      (local.set $a2 (i32.load offset=12 (local.get $wrapped)))
      (local.set $y (i32.and (i32.add (local.get $y) (local.get $a3)) (i32.const 1020)))
      (local.set $b (i32.load (local.get $y)))
      (i32.store (local.get $wrapped) (local.get $b))
      (i32.store (local.get $y) (local.get $a3))
      (local.set $b (i32.load (i32.and (i32.add (local.get $a3) (local.get $b)) (i32.const 1020))))
      (local.set $word (i32.or (local.get $word) (i32.shl (local.get $b) (i32.const 22))))
      (if (i32.lt_u (i32.sub (local.get $y) (i32.add (local.get $wrapped) (i32.const 4))) (i32.const 12))
        (then
          (local.set $a0 (i32.load offset=4 (local.get $wrapped)))
          (local.set $a1 (i32.load offset=8 (local.get $wrapped)))
          (local.set $a2 (i32.load offset=12 (local.get $wrapped)))))
      (i32.store offset=4 (local.get $at) (i32.xor (i32.load offset=4 (local.get $at)) (local.get $word)))
      (local.set $x (local.get $wrapped))
      (br_if $block (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (i32.store (i32.const 1024) (local.get $x))
    (i32.store (i32.const 1028) (local.get $y)))

  ;; Encrypts the data from 4096 to before `end`.
  (func (export "crypt") (param $end i32)
    (local $at i32) (local $blocks i32)
    (local.set $at (call $bytes (i32.const 4096) (local.get $end) (i32.const 1)))
    (local.set $blocks (i32.and (i32.sub (local.get $end) (local.get $at)) (i32.const -8)))
    (if (local.get $blocks)
      (then
        (call $blocks (local.get $at) (i32.add (local.get $at) (local.get $blocks)))
        (local.set $at (i32.add (local.get $at) (local.get $blocks)))))
    (drop (call $bytes (local.get $at) (local.get $end) (i32.const 0)))))
