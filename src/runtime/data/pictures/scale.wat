;; Weighted sums of pixels: sixteen numbers of rows, or the channels of a pixel, at a time. Weights have 14 bits after the point.
(module
  (memory (export "memory") 1)

  ;; One row of `line` bytes from `count` rows one below the other. Reads and writes up to 15 bytes more than a line.
  (func (export "sumRows")
    (param $rows i32) (param $line i32) (param $weights i32) (param $count i32) (param $to i32)
    (local $x i32) (local $i i32) (local $at i32)
    (local $weight v128) (local $bytes v128) (local $low v128) (local $high v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $columns
      ;; Half of one, so that cutting rounds.
      (local.set $a (i32x4.splat (i32.const 8192)))
      (local.set $b (local.get $a))
      (local.set $c (local.get $a))
      (local.set $d (local.get $a))
      (local.set $at (i32.add (local.get $rows) (local.get $x)))
      (local.set $i (i32.const 0))
      (loop $taps
        (local.set $weight (v128.load16_splat (i32.add (local.get $weights) (i32.shl (local.get $i) (i32.const 1)))))
        (local.set $bytes (v128.load (local.get $at)))
        (local.set $low (i16x8.extend_low_i8x16_u (local.get $bytes)))
        (local.set $high (i16x8.extend_high_i8x16_u (local.get $bytes)))
        (local.set $a (i32x4.add (local.get $a) (i32x4.extmul_low_i16x8_s (local.get $low) (local.get $weight))))
        (local.set $b (i32x4.add (local.get $b) (i32x4.extmul_high_i16x8_s (local.get $low) (local.get $weight))))
        (local.set $c (i32x4.add (local.get $c) (i32x4.extmul_low_i16x8_s (local.get $high) (local.get $weight))))
        (local.set $d (i32x4.add (local.get $d) (i32x4.extmul_high_i16x8_s (local.get $high) (local.get $weight))))
        (local.set $at (i32.add (local.get $at) (local.get $line)))
        (br_if $taps
          (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $count))))
      (v128.store (i32.add (local.get $to) (local.get $x))
        (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (local.get $a) (i32.const 14)) (i32x4.shr_s (local.get $b) (i32.const 14)))
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (local.get $c) (i32.const 14)) (i32x4.shr_s (local.get $d) (i32.const 14)))))
      (br_if $columns
        (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $line)))))

  ;; One row of `places` pixels from the pixels at `from`: `first` and `count` say for each place where its `most` weights begin to count and how
  ;; many do. Reads and writes up to 3 bytes more than there are.
  (func (export "sumPixels")
    (param $from i32) (param $channels i32) (param $first i32) (param $count i32) (param $weights i32) (param $most i32)
    (param $places i32) (param $to i32)
    (local $place i32) (local $at i32) (local $weight i32) (local $end i32) (local $sum v128)
    (loop $all
      (local.set $sum (i32x4.splat (i32.const 8192)))
      (local.set $at (i32.add (local.get $from)
        (i32.mul (local.get $channels)
          (i32.load (i32.add (local.get $first) (i32.shl (local.get $place) (i32.const 2)))))))
      (local.set $weight (i32.add (local.get $weights)
        (i32.shl (i32.mul (local.get $place) (local.get $most)) (i32.const 1))))
      (local.set $end (i32.add (local.get $weight)
        (i32.shl (i32.load (i32.add (local.get $count) (i32.shl (local.get $place) (i32.const 2)))) (i32.const 1))))
      (loop $taps
        (local.set $sum (i32x4.add (local.get $sum)
          (i32x4.extmul_low_i16x8_s
            (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $at)))
            (v128.load16_splat (local.get $weight)))))
        (local.set $at (i32.add (local.get $at) (local.get $channels)))
        (br_if $taps
          (i32.lt_u (local.tee $weight (i32.add (local.get $weight) (i32.const 2))) (local.get $end))))
      (local.set $sum (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $sum) (i32.const 14)) (local.get $sum)))
      (i32.store (local.get $to) (i32x4.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum))))
      (local.set $to (i32.add (local.get $to) (local.get $channels)))
      (br_if $all
        (i32.lt_u (local.tee $place (i32.add (local.get $place) (i32.const 1))) (local.get $places))))))
